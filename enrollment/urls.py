from django.urls import path

from enrollment.views import imports, keepers, lists, progress, roster, unenrolled

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
    path("person-lists/", lists.person_lists, name="person_lists"),
    path("person-lists/template.xlsx", lists.template, name="list_template"),
    path("person-lists/enrolled/", lists.enrolled, name="listed_enrolled"),
    path("person-lists/enrolled.xlsx", lists.enrolled_xlsx, name="listed_enrolled_xlsx"),
    path("person-lists/<int:pk>/", lists.person_list, name="person_list"),
    path("person-lists/<int:pk>/status/", lists.status, name="person_list_status"),
    path("person-lists/<int:pk>/withdraw/", lists.withdraw, name="person_list_withdraw"),
    path("person-lists/<int:pk>/errors.xlsx", lists.errors, name="person_list_errors"),
    path("progress/", progress.progress, name="progress"),
    path("progress/part/", progress.part, name="progress_part"),
    path("progress.xlsx", progress.workbook, name="progress_xlsx"),
    path("progress/recognise/", progress.recognise, name="village_recognise"),
    path("progress/figures/", progress.figures, name="region_figures"),
    path("progress/keepers/", keepers.keepers, name="keepers"),
    path("progress/keepers/<int:pk>/end/", keepers.end, name="keeper_end"),
    path("unenrolled/", unenrolled.unenrolled, name="unenrolled"),
    path("unenrolled.xlsx", unenrolled.workbook, name="unenrolled_xlsx"),
    path("unenrolled/<int:pk>/", unenrolled.mark, name="unenrolled_mark"),
]
