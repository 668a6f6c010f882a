"""Every address of the portal. A new one needs its line in tests/access/matrix.py."""

from django.urls import include, path

urlpatterns = [
    path("", include("orgs.urls")),
    path("", include("office.urls")),
    path("", include("schemes.urls")),
    path("", include("enrollment.urls")),
    path("", include("premiums.urls")),
    path("", include("claims.urls")),
    path("", include("reports.urls")),
    path("api/v1/", include("orgs.api.urls")),
    path("api/v1/", include("schemes.api.urls")),
]

handler400 = "orgs.errors.bad_request"
handler403 = "orgs.errors.forbidden"
handler404 = "orgs.errors.not_found"
handler500 = "orgs.errors.failed"
