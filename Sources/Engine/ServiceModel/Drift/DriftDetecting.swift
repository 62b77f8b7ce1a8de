/// A provider where others can change what was deployed, and which knows who did.
public protocol DriftDetecting: Provider {
    /// What differs between a release as it was applied and what is there now. Changes nothing.
    ///
    /// Left out is what an autoscaler decides, and what the place itself writes.
    func drift(from release: Release) async throws -> [ObjectDrift]
}
