"""The certificate of a rule: what running it has shown, in a form that can be kept and checked again.

Every check is a pure function of answers: the rule runs only where the caller's `Run` runs it, which is a sandbox. A
few checks refuse a rule, the others record how it behaves. No model, no store and no graph enter here.
"""

from argosy.detectors.certificate.compare import Comparison, compare
from argosy.detectors.certificate.evidence import evidence_by_part
from argosy.detectors.certificate.examine import examine, learned_by_heart
from argosy.detectors.certificate.form import Certificate, Examination, Refusal
from argosy.detectors.certificate.questions import Run
from argosy.detectors.certificate.subject import Subject

__all__ = [
    "Certificate",
    "Comparison",
    "Examination",
    "Refusal",
    "Run",
    "Subject",
    "compare",
    "evidence_by_part",
    "examine",
    "learned_by_heart",
]
