"""Why did this call fail: evidence, rules, ranked causes, and the flow that gathers the evidence step by step."""
