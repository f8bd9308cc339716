import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Typed search attributes, registered by the embedded server and by `countersign migrate`. No personal data in them. */
export const searchAttributes = {
  status: defineSearchAttributeKey('CountersignStatus', SearchAttributeType.KEYWORD),
  scopes: defineSearchAttributeKey('CountersignScopes', SearchAttributeType.KEYWORD_LIST),
  risk: defineSearchAttributeKey('CountersignRisk', SearchAttributeType.KEYWORD),
  approvalType: defineSearchAttributeKey('CountersignApprovalType', SearchAttributeType.KEYWORD),
} as const;
