"""What agents can do: domain services, typed, free of chat and of models. One package each."""
