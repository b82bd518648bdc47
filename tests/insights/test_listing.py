"""The list of insights: filters, orders, pages."""
