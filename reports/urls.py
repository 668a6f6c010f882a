from django.urls import path

from reports import views

urlpatterns = [
    path("", views.workbench, name="workbench"),
    path("find/", views.find, name="find"),
    path("help/", views.help_page, name="help"),
]
