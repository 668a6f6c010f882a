from django.urls import path

from schemes.api.views import EditionDocument, Editions, EditionTerms, QuoteBatch, Quotes

urlpatterns = [
    path("editions/", Editions.as_view(), name="api_editions"),
    path("editions/<slug:code>/", EditionTerms.as_view(), name="api_edition"),
    path("editions/<slug:code>/document/", EditionDocument.as_view(), name="api_edition_document"),
    path("quotes/", Quotes.as_view(), name="api_quotes"),
    path("quotes/batch/", QuoteBatch.as_view(), name="api_quote_batch"),
]
