"""What the endpoints under `/api/` share: keys, rate limits, problem answers, strict JSON."""
