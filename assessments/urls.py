"""Pages of the questionnaire, all under /match/questions/. Those about the second person have the same names."""

from django.urls import path

from assessments import views

app_name = "assessments"

FIRST, SECOND = {"place": 1}, {"place": 2}

urlpatterns = [
    path("match/questions/second/about/", views.about, SECOND, name="about"),
    path("match/questions/second/<int:number>/", views.question, SECOND, name="question"),
    path("match/questions/second/remove/", views.remove, SECOND, name="remove"),
    # Without a place, reverse() takes the later of two routes with one name: the first person's.
    path("match/questions/about/", views.about, FIRST, name="about"),
    path("match/questions/<int:number>/", views.question, FIRST, name="question"),
    path("match/questions/remove/", views.remove, FIRST, name="remove"),
    path("match/questions/check/", views.check, name="check"),
    path("match/questions/delete/", views.delete, name="delete"),
    path("match/questions/deleted/", views.deleted, name="deleted"),
]
