from django.urls import path

from enrollment.views import conflicts, imports, roster, undoing

urlpatterns = [
    path("roster/", roster.roster, name="roster"),
    path("roster/search/", roster.search, name="roster_search"),
    path("roster/import/", imports.upload, name="roster_upload"),
    path("roster/import/template.xlsx", imports.template, name="roster_template"),
    path("roster/import/carry/", imports.carry, name="roster_carry"),
    path("roster/import/<int:pk>/", imports.batch_page, name="roster_batch"),
    path("roster/import/<int:pk>/status/", imports.batch_status, name="roster_batch_status"),
    path("roster/import/<int:pk>/confirm/", imports.confirm, name="roster_confirm"),
    path("roster/import/<int:pk>/discard/", imports.discard, name="roster_discard"),
    path("roster/import/<int:pk>/errors.xlsx", imports.error_book, name="roster_errors"),
    path("roster/import/<int:pk>/undo/", undoing.undo, name="roster_undo"),
    path("roster/conflicts/", conflicts.conflict_list, name="roster_conflicts"),
    path("roster/conflicts/<int:pk>/", conflicts.conflict_page, name="roster_conflict"),
    path("roster/conflicts/<int:pk>/decide/", conflicts.decide, name="roster_decide"),
]
