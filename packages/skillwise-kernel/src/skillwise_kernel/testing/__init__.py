"""What tests of every package share: the embedded servers as a pytest plugin, minimal settings, an API
client.
"""
