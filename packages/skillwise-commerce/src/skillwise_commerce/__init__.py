"""Orders, payments, invoices and the ledger of SkillWise."""
