from django.urls import path

from enrollment.views import handouts, imports, notices, papers, roster

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
    path("prints/", papers.prints, name="prints"),
    path("prints/print/<str:kind>/", papers.print_paper, name="print_paper"),
    path("prints/orders/<int:pk>/", papers.print_order, name="print_order"),
    path("prints/orders/<int:pk>/status/", papers.print_order_status, name="print_order_status"),
    path("prints/files/<int:pk>/", papers.print_file, name="print_file"),
    path("prints/check/", papers.check_code, name="check_code"),
    path("prints/notices/", notices.post, name="notices_post"),
    path("prints/notices/<int:pk>/", notices.notice, name="notice"),
    path("prints/notices/<int:pk>/<str:action>/", notices.act, name="notice_act"),
    path("prints/handouts/<int:pk>/", handouts.handouts, name="handouts"),
    path("prints/handouts/<int:pk>/record/", handouts.record, name="handouts_record"),
    path("prints/handouts/<int:pk>/take-back/", handouts.take_back, name="handout_take_back"),
]
