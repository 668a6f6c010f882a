from django.urls import path

from enrollment.views import imports, objections, roster, steps, underwriting

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
    path("roster/progress/", steps.progress, name="roster_progress"),
    path("roster/progress/<slug:code>/collate/", steps.collate_all, name="roster_collate_all"),
    path("roster/progress/<slug:code>/list.xlsx", underwriting.download_all, name="roster_download_all"),
    path("roster/progress/<slug:code>/<int:pk>/", steps.township, name="roster_township"),
    path("roster/progress/<slug:code>/<int:pk>/sign-off/", steps.sign_off, name="roster_sign_off"),
    path("roster/progress/<slug:code>/<int:pk>/hand-in/", steps.hand_in, name="roster_hand_in"),
    path("roster/progress/<slug:code>/<int:pk>/people/", objections.people, name="roster_people"),
    path("roster/progress/<slug:code>/<int:pk>/list.xlsx", underwriting.download, name="roster_download"),
    path("roster/progress/<slug:code>/<int:pk>/results/", underwriting.results, name="roster_results"),
    path("roster/progress/<slug:code>/<int:pk>/step/<slug:action>/", steps.take_step, name="roster_step"),
    path("roster/object/<int:pk>/", objections.object_to, name="roster_object"),
    path("roster/objections/<int:pk>/<slug:action>/", objections.act_on, name="roster_objection"),
    path("roster/downloads/<int:pk>.xlsx", underwriting.download_file, name="roster_download_file"),
    path("roster/layout/", underwriting.layout, name="insurer_layout"),
]
