"""What the tests of all plugins share: no test fails because the machine is busy with something else."""  # noqa: INP001 - for pytest alone

from hypothesis import settings

settings.register_profile("qsfilter", deadline=None, max_examples=60)
settings.load_profile("qsfilter")
