"""The network of the comparison."""

from torch import nn
from torch.nn import functional


class LeNet(nn.Module):
    """Caffe's LeNet with dropout, as Assay has it by default."""

    def __init__(self, conv1=20, conv2=50, dense1=500):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, conv1, 5), nn.Conv2d(conv1, conv2, 5)
        self.fc1, self.fc2 = nn.Linear(conv2 * 16, dense1), nn.Linear(dense1, 10)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        x = self.dropout(functional.max_pool2d(functional.relu(self.conv1(x)), 2))
        x = self.dropout(functional.max_pool2d(functional.relu(self.conv2(x)), 2))
        x = self.dropout(functional.relu(self.fc1(x.flatten(1))))
        return self.fc2(x)
