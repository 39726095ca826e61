from django.urls import path

from directory import views

app_name = "directory"

urlpatterns = [
    path("therapists/", views.browse, name="browse"),
    path("therapists/<slug:slug>/", views.therapist, name="therapist"),
    path("shortlist/", views.shortlist, name="shortlist"),
    path("shortlist/<slug:slug>/", views.change_shortlist, name="change_shortlist"),
]
