"""Pages of the questionnaire, all under /match/questions/."""

from django.urls import path

from assessments import views

app_name = "assessments"

urlpatterns = [
    path("match/questions/about/", views.about, name="about"),
    path("match/questions/<int:number>/", views.question, name="question"),
    path("match/questions/check/", views.check, name="check"),
    path("match/questions/delete/", views.delete, name="delete"),
    path("match/questions/deleted/", views.deleted, name="deleted"),
]
