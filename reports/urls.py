from django.urls import path

from reports import views
from reports.what_if import views as what_if

urlpatterns = [
    path("", views.workbench, name="workbench"),
    path("find/", views.find, name="find"),
    path("help/", views.help_page, name="help"),
    path("what-if/", what_if.what_ifs, name="what_ifs"),
    path("what-if/new/", what_if.ask, name="what_if_new"),
    path("what-if/<int:pk>/", what_if.what_if, name="what_if"),
    path("what-if/<int:pk>/status/", what_if.status, name="what_if_status"),
    path("what-if/<int:pk>/what-if.xlsx", what_if.workbook, name="what_if_xlsx"),
]
