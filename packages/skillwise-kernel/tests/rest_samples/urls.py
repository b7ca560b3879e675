from django.urls import path

from rest_samples import views

urlpatterns = [
    path("books/", views.BookListView.as_view(), name="samples-book-list"),
    path("books/<uuid:book_id>/", views.BookView.as_view(), name="samples-book-detail"),
    path("notice/", views.PublicNoticeView.as_view(), name="samples-notice"),
    path("shelves/<str:shelf>/", views.SHELVES.cached(views.ShelfView.as_view()), name="samples-shelf"),
    path("orders/", views.OrderView.as_view(), name="samples-order-list"),
    path("payments/", views.PaymentView.as_view(), name="samples-payment-list"),
    path("notes/", views.OptionalKeyView.as_view(), name="samples-note-list"),
    path("verified/", views.VerifiedView.as_view(), name="samples-verified"),
    path("editors/", views.EditorView.as_view(), name="samples-editors"),
    path("limited/", views.LimitedView.as_view(), name="samples-limited"),
    path("raise/<str:what>/", views.RaisingView.as_view(), name="samples-raise"),
]
