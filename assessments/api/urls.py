"""Addresses of the instruments API, below /api/v1/."""

from django.urls import path

from assessments.api import views

urlpatterns = [
    path("instruments/", views.InstrumentList.as_view(), name="instruments"),
    path("instruments/<slug:code>/", views.InstrumentDetail.as_view(), name="instrument"),
    path("instruments/<slug:code>/score/", views.Score.as_view(), name="instrument-score"),
]
