"""What the API document says of insights."""

from drf_spectacular.generators import SchemaGenerator


def test_both_operations_are_described_with_an_example():
    document = SchemaGenerator(urlconf="skillwise_insights.urls").get_schema(request=None, public=True)

    operations = {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for operation in path.values()
    }
    assert set(operations) == {"instructors_dashboard_retrieve", "admin_analytics_retrieve"}
    for operation in operations.values():
        assert operation["summary"]
        assert operation["responses"]["200"]["content"]["application/json"]["examples"]
    names = {parameter["name"] for parameter in operations["admin_analytics_retrieve"]["parameters"]}
    assert {"from", "to"} <= names
