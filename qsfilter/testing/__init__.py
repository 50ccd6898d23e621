"""What a plugin's or a rule's author needs for tests: messages, a strict qmail-queue, a contract suite, `problems`."""

from qsfilter.testing.messages import attachment, eicar, examine, message, part, zip_of
from qsfilter.testing.problems import problems
from qsfilter.testing.queue_stand_in import QueueStandIn

__all__ = ["QueueStandIn", "attachment", "eicar", "examine", "message", "part", "problems", "zip_of"]
