from django.urls import path

from premiums import views

urlpatterns = [
    path("premiums/", views.current, name="premiums"),
    path("premiums/<slug:code>/", views.allocation, name="allocation"),
    path("premiums/<slug:code>/allocation.xlsx", views.workbook, name="allocation_xlsx"),
    path("premiums/<slug:code>/allocation.pdf", views.pdf, name="allocation_pdf"),
    path("premiums/<slug:code>/bills/", views.issue, name="issue_bills"),
]
