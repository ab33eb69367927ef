"""From parameters to a recorded run: frame, worker, result, ledger."""
