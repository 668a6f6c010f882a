from django.urls import path

from premiums.views import allocation, census

urlpatterns = [
    path("premiums/", allocation.current, name="premiums"),
    path("premiums/<slug:code>/", allocation.allocation, name="allocation"),
    path("premiums/<slug:code>/allocation.xlsx", allocation.workbook, name="allocation_xlsx"),
    path("premiums/<slug:code>/allocation.pdf", allocation.pdf, name="allocation_pdf"),
    path("premiums/<slug:code>/bills/", allocation.issue, name="issue_bills"),
    path("premiums/<slug:code>/census/", census.census, name="census"),
    path("premiums/<slug:code>/census/template.xlsx", census.template, name="census_template"),
    path("premiums/<slug:code>/brought-forward/", census.brought_forward, name="brought_forward"),
]
