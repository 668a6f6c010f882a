from django.urls import path

from orgs.api.views import Index, Schema

urlpatterns = [
    path("", Index.as_view(), name="api_index"),
    path("schema/", Schema.as_view(), name="api_schema"),
]
