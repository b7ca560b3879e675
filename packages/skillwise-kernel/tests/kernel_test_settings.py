from skillwise_kernel.testing.settings import minimal_settings

globals().update(minimal_settings("rest_samples", ROOT_URLCONF="kernel_test_urls"))
