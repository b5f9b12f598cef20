"""One dialogue a step: each says what the state is about, and hands the person's answers on as core events."""
