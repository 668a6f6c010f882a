from django.urls import path

from schemes.views import disability, lifecycle, reading, trying

urlpatterns = [
    path("editions/", reading.editions, name="editions"),
    path("editions/choose/", reading.choose, name="edition_choose"),
    path("editions/<slug:code>/", reading.edition, name="edition"),
    path("editions/<slug:code>/try/", trying.try_claim, name="edition_try"),
    path("disability/", disability.items, name="disability_items"),
    path("disability/options/", disability.options, name="disability_options"),
    path("disability/grade/", disability.grade, name="disability_grade"),
    path("editions/<slug:code>/check/", lifecycle.check, name="edition_check"),
    path("editions/<slug:code>/publish/", lifecycle.publish, name="edition_publish"),
    path("editions/<slug:code>/amend/", lifecycle.amend, name="edition_amend"),
    path("editions/<slug:code>/amendments/<int:number>/", lifecycle.amendment, name="amendment"),
    path(
        "editions/<slug:code>/amendments/<int:number>/describe/",
        lifecycle.amendment_describe,
        name="amendment_describe",
    ),
    path("editions/<slug:code>/amendments/<int:number>/check/", lifecycle.amendment_check, name="amendment_check"),
    path(
        "editions/<slug:code>/amendments/<int:number>/publish/", lifecycle.amendment_publish, name="amendment_publish"
    ),
]
