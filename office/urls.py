from django.urls import path

from office import views

urlpatterns = [path("jobs/", views.jobs, name="jobs")]
