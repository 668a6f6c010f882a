from django.urls import path

from schemes.views import reading

urlpatterns = [
    path("editions/", reading.editions, name="editions"),
    path("editions/choose/", reading.choose, name="edition_choose"),
    path("editions/schema.json", reading.schema, name="edition_schema"),
    path("editions/<slug:code>/", reading.edition, name="edition"),
]
