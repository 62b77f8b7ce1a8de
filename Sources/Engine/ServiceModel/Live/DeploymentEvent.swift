/// What happens while a plan is applied, in order; every printer is fed by this one stream.
public enum DeploymentEvent: Sendable {
    case planned(Plan)
    /// Waiting for another deployment of the same service, whose holder is named.
    case waitingForLock(holder: String)
    case applying(Resource.Identity, Change.Action)
    case applied(Resource.Identity, Change.Action)
    /// Progress of a rollout: replicas that answer requests, old ones included, of those desired. The
    /// message tells what each one does and, while old ones run, how many were replaced.
    case progress(ready: Int, desired: Int, message: String)
    /// What is done or waited for around the replicas: `node group demo-1a2b3c CREATING`.
    case working(String)
    /// Something went wrong that may still mend itself (a replica crashed and restarts).
    case warning(String)
    case ready(endpoint: String?)
    case rollingBack(toRevision: Int)
}
