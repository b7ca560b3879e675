from django.contrib import admin
from skillwise_kernel.backoffice import ModelAdmin, ReadOnlyModelAdmin

from rest_samples.models import Book, Payment


@admin.register(Book)
class BookAdmin(ModelAdmin):
    list_display = ["title", "shelf"]
    fields = ["title", "shelf", "version"]


@admin.register(Payment)
class PaymentAdmin(ReadOnlyModelAdmin):
    list_display = ["id", "amount"]
