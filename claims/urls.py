from django.urls import path

from claims.views import cases, lists, person, reporting

urlpatterns = [
    path("claims/", lists.claim_list, name="claim_list"),
    path("claims/search/", lists.claim_search, name="claim_search"),
    path("claims/new/", reporting.find_person, name="claim_find_person"),
    path("claims/new/<int:pk>/", reporting.report, name="claim_report"),
    path("claims/new/<int:pk>/trial/", reporting.trial, name="claim_trial"),
    path("claims/papers/<slug:code>/", reporting.papers_notice, name="claim_papers_notice"),
    path("claims/<str:number>/", cases.claim_page, name="claim_page"),
    path("claims/<str:number>/correct/", reporting.correct, name="claim_correct"),
    path("claims/<str:number>/do/<slug:action>/", cases.act, name="claim_act"),
    path("claims/<str:number>/papers/", cases.add_paper, name="paper_add"),
    path("claims/<str:number>/statement.pdf", cases.statement, name="claim_statement"),
    path("claims/<str:number>/reveal/", cases.reveal, name="claim_reveal"),
    path("roster/person/<int:pk>/", person.person_page, name="roster_person"),
    path("roster/person/<int:pk>/reveal/", person.reveal, name="roster_reveal"),
    path("roster/person/<int:pk>/household/", person.household_page, name="roster_household"),
    path("papers/<int:pk>/", cases.paper, name="paper"),
    path("papers/<int:pk>/drop/", cases.drop_paper, name="paper_drop"),
]
