"""The only network: what archives hold, what is needed of it, and how it comes here whole."""
