from django.urls import path

from enrollment.views import endorsements, endorsing, imports, roster

urlpatterns = [
    path("roster/", roster.roster, name="roster"),
    path("roster/search/", roster.search, name="roster_search"),
    path("roster/import/", imports.upload, name="roster_upload"),
    path("roster/import/template.xlsx", imports.template, name="roster_template"),
    path("roster/import/<int:pk>/", imports.batch_page, name="roster_batch"),
    path("roster/import/<int:pk>/status/", imports.batch_status, name="roster_batch_status"),
    path("roster/import/<int:pk>/confirm/", imports.confirm, name="roster_confirm"),
    path("roster/import/<int:pk>/discard/", imports.discard, name="roster_discard"),
    path("roster/import/<int:pk>/errors.xlsx", imports.error_book, name="roster_errors"),
    path("endorsements/", endorsements.endorsements, name="endorsements"),
    path("endorsements/search/", endorsements.endorsement_search, name="endorsement_search"),
    path("endorsements/add/", endorsing.endorsement_add, name="endorsement_add"),
    path("endorsements/remove/", endorsing.endorsement_remove_several, name="endorsement_remove_several"),
    path("endorsements/remove/<int:pk>/", endorsing.endorsement_remove, name="endorsement_remove"),
    path("endorsements/correct/<int:pk>/", endorsing.endorsement_correct, name="endorsement_correct"),
    path("endorsements/<str:number>/", endorsements.endorsement, name="endorsement"),
    path("endorsements/<str:number>/decide/", endorsements.endorsement_decide, name="endorsement_decide"),
    path("endorsements/<str:number>/withdraw/", endorsements.endorsement_withdraw, name="endorsement_withdraw"),
    path("endorsements/<str:number>/slip.pdf", endorsements.endorsement_slip, name="endorsement_slip"),
]
