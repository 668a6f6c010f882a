from django.urls import path

from schemes.views import amending, comparing, disability, draft_parts, draft_text, drafting, lifecycle, reading, trying

urlpatterns = [
    path("editions/", reading.editions, name="editions"),
    path("editions/choose/", reading.choose, name="edition_choose"),
    path("editions/schema.json", reading.schema, name="edition_schema"),
    path("editions/<slug:code>/", reading.edition, name="edition"),
    path("editions/<slug:code>/compare/", comparing.edition_compared, name="edition_compare"),
    path("editions/<slug:code>/compare/pdf/", comparing.edition_compared_pdf, name="edition_compare_pdf"),
    path("drafts/", drafting.drafts, name="drafts"),
    path("drafts/new/", drafting.from_document, name="draft_new"),
    path("drafts/copy/<slug:code>/", drafting.copy, name="draft_copy"),
    path("drafts/reopen/<slug:code>/", drafting.reopen, name="draft_reopen"),
    path("drafts/<int:pk>/", draft_parts.draft, name="draft"),
    path("drafts/<int:pk>/insurers/", draft_parts.insurers, name="draft_insurers"),
    path("drafts/<int:pk>/examples/", draft_parts.examples, name="draft_examples"),
    path("drafts/<int:pk>/text/", draft_text.draft_text, name="draft_text"),
    path("drafts/<int:pk>/store/", drafting.store, name="draft_store"),
    path("drafts/<int:pk>/drop/", drafting.drop, name="draft_drop"),
    path("drafts/<int:pk>/compare/", comparing.draft_compared, name="draft_compare"),
    path("drafts/<int:pk>/compare/pdf/", comparing.draft_compared_pdf, name="draft_compare_pdf"),
    path("editions/<slug:code>/try/", trying.try_claim, name="edition_try"),
    path("disability/", disability.items, name="disability_items"),
    path("disability/options/", disability.options, name="disability_options"),
    path("disability/grade/", disability.grade, name="disability_grade"),
    path("editions/<slug:code>/check/", lifecycle.check, name="edition_check"),
    path("editions/<slug:code>/discard/", lifecycle.discard, name="edition_discard"),
    path("editions/<slug:code>/publish/", lifecycle.publish, name="edition_publish"),
    path("editions/<slug:code>/amend/", amending.amend, name="edition_amend"),
    path("editions/<slug:code>/amendments/<int:number>/", amending.amendment, name="amendment"),
    path(
        "editions/<slug:code>/amendments/<int:number>/describe/",
        amending.amendment_describe,
        name="amendment_describe",
    ),
    path("editions/<slug:code>/amendments/<int:number>/check/", amending.amendment_check, name="amendment_check"),
    path("editions/<slug:code>/amendments/<int:number>/publish/", amending.amendment_publish, name="amendment_publish"),
    path("editions/<slug:code>/amendments/<int:number>/edit/", amending.amendment_edit, name="amendment_edit"),
    path("editions/<slug:code>/amendments/<int:number>/discard/", amending.amendment_discard, name="amendment_discard"),
    path(
        "editions/<slug:code>/amendments/<int:number>/compare/", comparing.amendment_compared, name="amendment_compare"
    ),
    path(
        "editions/<slug:code>/amendments/<int:number>/compare/pdf/",
        comparing.amendment_compared_pdf,
        name="amendment_compare_pdf",
    ),
]
