from django.urls import path

from schemes.views import disability, reading, trying

urlpatterns = [
    path("editions/", reading.editions, name="editions"),
    path("editions/choose/", reading.choose, name="edition_choose"),
    path("editions/<slug:code>/", reading.edition, name="edition"),
    path("editions/<slug:code>/try/", trying.try_claim, name="edition_try"),
    path("disability/", disability.items, name="disability_items"),
    path("disability/options/", disability.options, name="disability_options"),
    path("disability/grade/", disability.grade, name="disability_grade"),
]
