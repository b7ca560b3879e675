"""A stand-in for SSLCOMMERZ, as far as a course sale needs it. https://developer.sslcommerz.com/doc/v4/"""
