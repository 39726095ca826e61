"""The directory's addresses of the API, and those that describe the whole of it."""

from django.urls import path

from directory.api import views

urlpatterns = [
    path("taxonomy/", views.Taxonomy.as_view(), name="api-taxonomy"),
    path("therapists/", views.TherapistList.as_view(), name="api-therapists"),
    path("therapists/<slug:slug>/", views.TherapistDetail.as_view(), name="api-therapist"),
    path("schema/", views.SchemaDocument.as_view(), name="api-schema"),
    path("docs/", views.Docs.as_view(), name="api-docs"),
]
