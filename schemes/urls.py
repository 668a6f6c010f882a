from django.urls import path

from schemes import views

urlpatterns = [
    path("editions/", views.editions, name="editions"),
    path("editions/choose/", views.choose, name="edition_choose"),
    path("editions/<slug:code>/", views.edition, name="edition"),
]
