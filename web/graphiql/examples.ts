/** The tabs that a newcomer finds, over the data that is there. */
export function examplesFor(adapterId: string): { query: string }[] {
  // A JSON string is a GraphQL string.
  const id = JSON.stringify(adapterId);
  return [
    {
      query: `# An adapter with its feedback
query AdapterFeedback {
  adapter(id: ${id}) {
    id
    version
    stats { totalFeedback positiveRatio }
    feedback(
      first: 10
      order: DESC
      filter: { validationStatus: APPROVED }
    ) {
      totalCount
      edges {
        adapterVersion
        node { id type question answer }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
`,
    },
    {
      query: `# What an adapter was derived from, and what was derived from it
query Lineage {
  adapter(id: ${id}) {
    id
    derivedFrom {
      edges { node { ...Relative derivedFrom { edges { node { ...Relative } } } } }
    }
    derivatives {
      totalCount
      edges { node { ...Relative derivatives { edges { node { ...Relative } } } } }
    }
  }
}

fragment Relative on Adapter {
  id
  stats { totalFeedback positiveRatio }
}
`,
    },
    {
      query: `# How much feedback there is
query Statistics {
  feedbackStats {
    totalFeedback positiveCount negativeCount positiveRatio
    approvedCount flaggedCount rejectedCount pendingValidation
    unusedForTraining usedForTraining
  }
  adapters(first: 20) {
    totalCount
    edges { node { id stats { totalFeedback positiveRatio } } }
  }
}
`,
    },
    {
      query: `# Say what you think of an answer
mutation Submit {
  submitFeedback(
    input: {
      type: NEGATIVE
      question: "What is the default replication factor?"
      answer: "The default replication factor is 1."
      correction: "The default replication factor is 3 for production."
      modelVersion: "llama-2-7b"
      adapterId: ${id}
    }
  ) {
    id
    validationStatus
    validationReasons
    adapters { edges { node { id } } }
  }
}
`,
    },
  ];
}
