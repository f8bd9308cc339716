/** Who may decide, from the roles that the policy names. */
export function WhoDecides({ approvers }: { approvers: readonly string[] }) {
  return approvers.length === 0 ? (
    <>An approver named by the policy, never you yourself</>
  ) : (
    <>
      {approvers.some((approver) => approver.includes('@')) ? '' : 'Anybody with the role '}
      {approvers.join(' or ')}, never you yourself
    </>
  );
}
