"""Addresses of the matching API, below /api/v1/."""

from django.urls import path

from matching.api import views

urlpatterns = [
    path("matches/", views.MatchList.as_view(), name="api-matches"),
    path("matches/compare/", views.Compare.as_view(), name="api-compare"),
]
