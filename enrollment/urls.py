from django.urls import path

from enrollment.views import correcting, entry, imports, roster

urlpatterns = [
    path("roster/", roster.roster, name="roster"),
    path("roster/search/", roster.search, name="roster_search"),
    path("roster/enter/", entry.enter, name="roster_enter"),
    path("roster/person/<int:pk>/edit/", correcting.edit, name="roster_edit"),
    path("roster/person/<int:pk>/correct-id/", correcting.correct_id, name="roster_correct_id"),
    path("roster/import/", imports.upload, name="roster_upload"),
    path("roster/import/template.xlsx", imports.template, name="roster_template"),
    path("roster/import/<int:pk>/", imports.batch_page, name="roster_batch"),
    path("roster/import/<int:pk>/status/", imports.batch_status, name="roster_batch_status"),
    path("roster/import/<int:pk>/confirm/", imports.confirm, name="roster_confirm"),
    path("roster/import/<int:pk>/discard/", imports.discard, name="roster_discard"),
    path("roster/import/<int:pk>/errors.xlsx", imports.error_book, name="roster_errors"),
]
