"""Consent where it meets the examples: erasing them, handing them out, proving what they rest on, and the pages."""
