from django.contrib.auth.views import LogoutView
from django.urls import path

from orgs.views import access, lists, people, places, tokens

urlpatterns = [
    path("login/", access.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", access.password_change, name="password_change"),
    path("setup/", access.setup, name="setup"),
    path("healthz", access.healthz, name="healthz"),
    path("people/", people.people, name="people"),
    path("people/new/", people.new_person, name="person_new"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/reset/", people.reset, name="person_reset"),
    path("people/<int:pk>/switch/", people.switch, name="person_switch"),
    path("lists/<slug:kind>/export.xlsx", lists.export_list, name="list_export"),
    path("lists/<slug:kind>/import/", lists.import_list, name="list_import"),
    path("organizations/", places.organizations, name="organizations"),
    path("organizations/new/", places.organization, name="organization_new"),
    path("organizations/<int:pk>/", places.organization, name="organization"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/new/", tokens.new_token, name="token_new"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="token_revoke"),
    path("regions/", places.regions, name="regions"),
    path("audit/", places.audit, name="audit"),
]
