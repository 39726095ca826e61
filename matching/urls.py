from django.urls import path

from matching import views

app_name = "matching"

urlpatterns = [
    path("match/", views.start, name="start"),
    path("match/needs/", views.needs, name="needs"),
    path("match/needs/check/", views.check, name="check"),
    path("match/needs/<slug:slug>/", views.step, name="step"),
    path("match/needs/<slug:slug>/next/", views.help_first, name="help_first"),
    path("match/results/", views.results, name="results"),
    path("how-matching-works/", views.how_matching_works, name="how_matching_works"),
]
