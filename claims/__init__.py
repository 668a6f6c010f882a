"""Claims from report to close: workflow, papers, adjustment, approval, payment."""
