"""The certificate of a rule: what running it has shown, in a form that can be kept and checked again.

Every check is a pure function of answers: the rule runs only where the caller's `Run` runs it, which is a sandbox. A
few checks refuse a rule, the others record how it behaves. No model, no store and no graph enter here.
"""

from detectors.certificate.asking import Run
from detectors.certificate.compare import Check, compare
from detectors.certificate.evidence import gather
from detectors.certificate.examine import examine, learned_by_heart
from detectors.certificate.form import Certificate, Examination, Refusal
from detectors.certificate.subject import Subject

__all__ = [
    "Certificate",
    "Check",
    "Examination",
    "Refusal",
    "Run",
    "Subject",
    "compare",
    "examine",
    "gather",
    "learned_by_heart",
]
